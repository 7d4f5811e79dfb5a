########### AGGREGATED COMPONENTS AND DEPENDENCIES FOR THE MULTI CONFIG #####################
#############################################################################################

list(APPEND libtrm_COMPONENT_NAMES trm::trm)
list(REMOVE_DUPLICATES libtrm_COMPONENT_NAMES)
if(DEFINED libtrm_FIND_DEPENDENCY_NAMES)
  list(APPEND libtrm_FIND_DEPENDENCY_NAMES )
  list(REMOVE_DUPLICATES libtrm_FIND_DEPENDENCY_NAMES)
else()
  set(libtrm_FIND_DEPENDENCY_NAMES )
endif()

########### VARIABLES #######################################################################
#############################################################################################
set(libtrm_PACKAGE_FOLDER_RELEASE "/tmp/conan_home/p/b/libtra42669380cd02/p")
set(libtrm_BUILD_MODULES_PATHS_RELEASE )


set(libtrm_INCLUDE_DIRS_RELEASE "${libtrm_PACKAGE_FOLDER_RELEASE}/include")
set(libtrm_RES_DIRS_RELEASE )
set(libtrm_DEFINITIONS_RELEASE )
set(libtrm_SHARED_LINK_FLAGS_RELEASE )
set(libtrm_EXE_LINK_FLAGS_RELEASE )
set(libtrm_OBJECTS_RELEASE )
set(libtrm_COMPILE_DEFINITIONS_RELEASE )
set(libtrm_COMPILE_OPTIONS_C_RELEASE )
set(libtrm_COMPILE_OPTIONS_CXX_RELEASE )
set(libtrm_LIB_DIRS_RELEASE "${libtrm_PACKAGE_FOLDER_RELEASE}/lib")
set(libtrm_BIN_DIRS_RELEASE "${libtrm_PACKAGE_FOLDER_RELEASE}/bin")
set(libtrm_LIBRARY_TYPE_RELEASE SHARED)
set(libtrm_IS_HOST_WINDOWS_RELEASE 0)
set(libtrm_LIBS_RELEASE trm)
set(libtrm_SYSTEM_LIBS_RELEASE m pthread)
set(libtrm_FRAMEWORK_DIRS_RELEASE )
set(libtrm_FRAMEWORKS_RELEASE )
set(libtrm_BUILD_DIRS_RELEASE )
set(libtrm_NO_SONAME_MODE_RELEASE FALSE)


# COMPOUND VARIABLES
set(libtrm_COMPILE_OPTIONS_RELEASE)
if (NOT "${libtrm_COMPILE_OPTIONS_CXX_RELEASE}" STREQUAL "")
    list(APPEND libtrm_COMPILE_OPTIONS_RELEASE
        "$<$<COMPILE_LANGUAGE:CXX>:${libtrm_COMPILE_OPTIONS_CXX_RELEASE}>")
endif ()
if (NOT "${libtrm_COMPILE_OPTIONS_C_RELEASE}" STREQUAL "")
    list(APPEND libtrm_COMPILE_OPTIONS_RELEASE
        "$<$<COMPILE_LANGUAGE:C>:${libtrm_COMPILE_OPTIONS_C_RELEASE}>")
endif ()
set(libtrm_LINKER_FLAGS_RELEASE)
if (NOT "${libtrm_SHARED_LINK_FLAGS_RELEASE}" STREQUAL "")
    list(APPEND libtrm_LINKER_FLAGS_RELEASE
        "$<$<OR:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,SHARED_LIBRARY>,$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>>:${libtrm_SHARED_LINK_FLAGS_RELEASE}>")
endif ()
if (NOT "${libtrm_EXE_LINK_FLAGS_RELEASE}" STREQUAL "")
    list(APPEND libtrm_LINKER_FLAGS_RELEASE
        "$<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${libtrm_EXE_LINK_FLAGS_RELEASE}>")
endif ()


set(libtrm_COMPONENTS_RELEASE trm::trm)
########### COMPONENT trm::trm VARIABLES ############################################

set(libtrm_trm_trm_INCLUDE_DIRS_RELEASE "${libtrm_PACKAGE_FOLDER_RELEASE}/include")
set(libtrm_trm_trm_LIB_DIRS_RELEASE "${libtrm_PACKAGE_FOLDER_RELEASE}/lib")
set(libtrm_trm_trm_BIN_DIRS_RELEASE "${libtrm_PACKAGE_FOLDER_RELEASE}/bin")
set(libtrm_trm_trm_LIBRARY_TYPE_RELEASE SHARED)
set(libtrm_trm_trm_IS_HOST_WINDOWS_RELEASE 0)
set(libtrm_trm_trm_RES_DIRS_RELEASE )
set(libtrm_trm_trm_DEFINITIONS_RELEASE )
set(libtrm_trm_trm_OBJECTS_RELEASE )
set(libtrm_trm_trm_COMPILE_DEFINITIONS_RELEASE )
set(libtrm_trm_trm_COMPILE_OPTIONS_C_RELEASE "")
set(libtrm_trm_trm_COMPILE_OPTIONS_CXX_RELEASE "")
set(libtrm_trm_trm_LIBS_RELEASE trm)
set(libtrm_trm_trm_SYSTEM_LIBS_RELEASE m pthread)
set(libtrm_trm_trm_FRAMEWORK_DIRS_RELEASE )
set(libtrm_trm_trm_FRAMEWORKS_RELEASE )
set(libtrm_trm_trm_DEPENDENCIES_RELEASE )
set(libtrm_trm_trm_SHARED_LINK_FLAGS_RELEASE )
set(libtrm_trm_trm_EXE_LINK_FLAGS_RELEASE )
set(libtrm_trm_trm_NO_SONAME_MODE_RELEASE FALSE)

# COMPOUND VARIABLES
set(libtrm_trm_trm_LINKER_FLAGS_RELEASE)
if (NOT "${libtrm_trm_trm_SHARED_LINK_FLAGS_RELEASE}" STREQUAL "")
    list(APPEND libtrm_trm_trm_LINKER_FLAGS_RELEASE
        $<$<OR:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,SHARED_LIBRARY>,$<STREQUAL:$<TARGET_PROPERTY:TYPE>,MODULE_LIBRARY>>:${libtrm_trm_trm_SHARED_LINK_FLAGS_RELEASE}>)
endif ()
if (NOT "${libtrm_trm_trm_EXE_LINK_FLAGS_RELEASE}" STREQUAL "")
    list(APPEND libtrm_trm_trm_LINKER_FLAGS_RELEASE
        $<$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>:${libtrm_trm_trm_EXE_LINK_FLAGS_RELEASE}>)
endif ()
set(libtrm_trm_trm_COMPILE_OPTIONS_RELEASE)
if (NOT "${libtrm_trm_trm_COMPILE_OPTIONS_CXX_RELEASE}" STREQUAL "")
    list(APPEND libtrm_trm_trm_COMPILE_OPTIONS_RELEASE
        "$<$<COMPILE_LANGUAGE:CXX>:${libtrm_trm_trm_COMPILE_OPTIONS_CXX_RELEASE}>")
endif ()
if (NOT "${libtrm_trm_trm_COMPILE_OPTIONS_C_RELEASE}" STREQUAL "")
    list(APPEND libtrm_trm_trm_COMPILE_OPTIONS_RELEASE
        "$<$<COMPILE_LANGUAGE:C>:${libtrm_trm_trm_COMPILE_OPTIONS_C_RELEASE}>")
endif ()