"""A small faulty VGG16 project that ships with the tool."""
