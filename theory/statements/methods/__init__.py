"""One way of deciding a module; each gives outcomes, or says itself that it cannot and why (`numbers.truth.Unable`)."""
