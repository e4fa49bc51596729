"""The built-in checks, one file each, in folders by area."""
