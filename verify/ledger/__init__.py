"""The ledger: every claim decided, compared with what is expected, and put into words."""
