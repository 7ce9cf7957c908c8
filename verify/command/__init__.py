"""The command line, one command a module; nothing heavy is imported before it is needed."""
