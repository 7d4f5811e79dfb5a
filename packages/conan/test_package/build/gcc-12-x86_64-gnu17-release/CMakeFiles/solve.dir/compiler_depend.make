# Empty compiler generated dependencies file for solve.
# This may be replaced when dependencies are built.
