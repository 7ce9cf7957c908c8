"""One way of deciding a file, each with its `METHOD` (`theory.statements.method`), which says its rank.

A new method is a new file here: `theory.statements.strategy` finds it by itself.
"""
