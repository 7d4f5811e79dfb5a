file(REMOVE_RECURSE
  "CMakeFiles/solve.dir/solve.cpp.o"
  "CMakeFiles/solve.dir/solve.cpp.o.d"
  "solve"
  "solve.pdb"
)

# Per-language clean rules from dependency scanning.
foreach(lang CXX)
  include(CMakeFiles/solve.dir/cmake_clean_${lang}.cmake OPTIONAL)
endforeach()
