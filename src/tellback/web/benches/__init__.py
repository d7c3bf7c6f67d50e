"""What `tellback bench NAME` measures: one module each, with main(arguments) -> exit code."""
