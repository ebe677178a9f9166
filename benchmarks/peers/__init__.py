"""What is measured, each in a process of its own; a server says its port in its first line."""
