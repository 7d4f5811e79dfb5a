# Avoid multiple calls to find_package to append duplicated properties to the targets
include_guard()########### VARIABLES #######################################################################
#############################################################################################
set(libtrm_FRAMEWORKS_FOUND_RELEASE "") # Will be filled later
conan_find_apple_frameworks(libtrm_FRAMEWORKS_FOUND_RELEASE "${libtrm_FRAMEWORKS_RELEASE}" "${libtrm_FRAMEWORK_DIRS_RELEASE}")

set(libtrm_LIBRARIES_TARGETS "") # Will be filled later


######## Create an interface target to contain all the dependencies (frameworks, system and conan deps)
if(NOT TARGET libtrm_DEPS_TARGET)
    add_library(libtrm_DEPS_TARGET INTERFACE IMPORTED)
endif()

set_property(TARGET libtrm_DEPS_TARGET
             APPEND PROPERTY INTERFACE_LINK_LIBRARIES
             $<$<CONFIG:Release>:${libtrm_FRAMEWORKS_FOUND_RELEASE}>
             $<$<CONFIG:Release>:${libtrm_SYSTEM_LIBS_RELEASE}>
             $<$<CONFIG:Release>:>)

####### Find the libraries declared in cpp_info.libs, create an IMPORTED target for each one and link the
####### libtrm_DEPS_TARGET to all of them
conan_package_library_targets("${libtrm_LIBS_RELEASE}"    # libraries
                              "${libtrm_LIB_DIRS_RELEASE}" # package_libdir
                              "${libtrm_BIN_DIRS_RELEASE}" # package_bindir
                              "${libtrm_LIBRARY_TYPE_RELEASE}"
                              "${libtrm_IS_HOST_WINDOWS_RELEASE}"
                              libtrm_DEPS_TARGET
                              libtrm_LIBRARIES_TARGETS  # out_libraries_targets
                              "_RELEASE"
                              "libtrm"    # package_name
                              "${libtrm_NO_SONAME_MODE_RELEASE}")  # soname

# FIXME: What is the result of this for multi-config? All configs adding themselves to path?
set(CMAKE_MODULE_PATH ${libtrm_BUILD_DIRS_RELEASE} ${CMAKE_MODULE_PATH})

########## COMPONENTS TARGET PROPERTIES Release ########################################

    ########## COMPONENT trm::trm #############

        set(libtrm_trm_trm_FRAMEWORKS_FOUND_RELEASE "")
        conan_find_apple_frameworks(libtrm_trm_trm_FRAMEWORKS_FOUND_RELEASE "${libtrm_trm_trm_FRAMEWORKS_RELEASE}" "${libtrm_trm_trm_FRAMEWORK_DIRS_RELEASE}")

        set(libtrm_trm_trm_LIBRARIES_TARGETS "")

        ######## Create an interface target to contain all the dependencies (frameworks, system and conan deps)
        if(NOT TARGET libtrm_trm_trm_DEPS_TARGET)
            add_library(libtrm_trm_trm_DEPS_TARGET INTERFACE IMPORTED)
        endif()

        set_property(TARGET libtrm_trm_trm_DEPS_TARGET
                     APPEND PROPERTY INTERFACE_LINK_LIBRARIES
                     $<$<CONFIG:Release>:${libtrm_trm_trm_FRAMEWORKS_FOUND_RELEASE}>
                     $<$<CONFIG:Release>:${libtrm_trm_trm_SYSTEM_LIBS_RELEASE}>
                     $<$<CONFIG:Release>:${libtrm_trm_trm_DEPENDENCIES_RELEASE}>
                     )

        ####### Find the libraries declared in cpp_info.component["xxx"].libs,
        ####### create an IMPORTED target for each one and link the 'libtrm_trm_trm_DEPS_TARGET' to all of them
        conan_package_library_targets("${libtrm_trm_trm_LIBS_RELEASE}"
                              "${libtrm_trm_trm_LIB_DIRS_RELEASE}"
                              "${libtrm_trm_trm_BIN_DIRS_RELEASE}" # package_bindir
                              "${libtrm_trm_trm_LIBRARY_TYPE_RELEASE}"
                              "${libtrm_trm_trm_IS_HOST_WINDOWS_RELEASE}"
                              libtrm_trm_trm_DEPS_TARGET
                              libtrm_trm_trm_LIBRARIES_TARGETS
                              "_RELEASE"
                              "libtrm_trm_trm"
                              "${libtrm_trm_trm_NO_SONAME_MODE_RELEASE}")


        ########## TARGET PROPERTIES #####################################
        set_property(TARGET trm::trm
                     APPEND PROPERTY INTERFACE_LINK_LIBRARIES
                     $<$<CONFIG:Release>:${libtrm_trm_trm_OBJECTS_RELEASE}>
                     $<$<CONFIG:Release>:${libtrm_trm_trm_LIBRARIES_TARGETS}>
                     )

        if("${libtrm_trm_trm_LIBS_RELEASE}" STREQUAL "")
            # If the component is not declaring any "cpp_info.components['foo'].libs" the system, frameworks etc are not
            # linked to the imported targets and we need to do it to the global target
            set_property(TARGET trm::trm
                         APPEND PROPERTY INTERFACE_LINK_LIBRARIES
                         libtrm_trm_trm_DEPS_TARGET)
        endif()

        set_property(TARGET trm::trm APPEND PROPERTY INTERFACE_LINK_OPTIONS
                     $<$<CONFIG:Release>:${libtrm_trm_trm_LINKER_FLAGS_RELEASE}>)
        set_property(TARGET trm::trm APPEND PROPERTY INTERFACE_INCLUDE_DIRECTORIES
                     $<$<CONFIG:Release>:${libtrm_trm_trm_INCLUDE_DIRS_RELEASE}>)
        set_property(TARGET trm::trm APPEND PROPERTY INTERFACE_LINK_DIRECTORIES
                     $<$<CONFIG:Release>:${libtrm_trm_trm_LIB_DIRS_RELEASE}>)
        set_property(TARGET trm::trm APPEND PROPERTY INTERFACE_COMPILE_DEFINITIONS
                     $<$<CONFIG:Release>:${libtrm_trm_trm_COMPILE_DEFINITIONS_RELEASE}>)
        set_property(TARGET trm::trm APPEND PROPERTY INTERFACE_COMPILE_OPTIONS
                     $<$<CONFIG:Release>:${libtrm_trm_trm_COMPILE_OPTIONS_RELEASE}>)


    ########## AGGREGATED GLOBAL TARGET WITH THE COMPONENTS #####################
    set_property(TARGET libtrm::libtrm APPEND PROPERTY INTERFACE_LINK_LIBRARIES trm::trm)

########## For the modules (FindXXX)
set(libtrm_LIBRARIES_RELEASE libtrm::libtrm)
