"""Statement -> Verdict: the strategy, one way of deciding a module in `methods`, counterexamples, the falsifier.

Public: `decide.decide`, `decide.Verdict`. Unstable: the rest. `falsifier` shares no code with the deciding path
beyond the parsed statement, and every verdict is confronted with it before it is printed.
"""
