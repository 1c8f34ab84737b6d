"""What is measured, and against whom. README.md says how to run it and how to add a measure."""
