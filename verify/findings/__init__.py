"""What a claim is and what is found of it: sources, normalisations, theorems it is given, proofs as data."""
