"""Experiments of Cao, Fang, Wu, Zhou and Gu."""
