"""How anything is run: files written whole, documents, progress, workers, and the words of a failure."""
