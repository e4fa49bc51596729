"""What stands in for the surroundings that a script expects: arguments, people, windows, services, downloads, paths."""
