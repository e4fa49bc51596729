"""What the syntax alone tells, without following values."""
