"""Working days of China, deadlines that explain themselves, and the hours in which nobody is disturbed."""
