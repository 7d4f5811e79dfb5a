# Empty dependencies file for solve.
# This may be replaced when dependencies are built.
