"""The relation between two expressions on one case: exact relations by normal forms, orders of growth by limits."""
