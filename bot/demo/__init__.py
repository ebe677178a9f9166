"""An invented province to try the service in: its stations, projects, people and what they have recorded so far."""
