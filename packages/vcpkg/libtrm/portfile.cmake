# An overlay port of the sources that it lies in:
#
#     vcpkg install libtrm --overlay-ports=packages/vcpkg
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)

if("train" IN_LIST FEATURES)
    set(train enabled)
else()
    set(train disabled)
endif()

vcpkg_configure_meson(
    SOURCE_PATH "${SOURCE_PATH}"
    OPTIONS
        -Dtrain=${train}
        -Dzlib=enabled
        -Dtests=disabled
        -Dweb=disabled
        -Dmpi=disabled
)
vcpkg_install_meson()
vcpkg_fixup_pkgconfig()

# What find_package(trm) reads finds the library from where it lies: two folders below the prefix then, not three.
file(GLOB configuration "${CURRENT_PACKAGES_DIR}/lib/cmake/trm/*.cmake")
file(COPY ${configuration} DESTINATION "${CURRENT_PACKAGES_DIR}/share/trm")
vcpkg_replace_string("${CURRENT_PACKAGES_DIR}/share/trm/trm-config.cmake" "/../../..\"" "/../..\"")
file(REMOVE_RECURSE
    "${CURRENT_PACKAGES_DIR}/lib/cmake"
    "${CURRENT_PACKAGES_DIR}/debug/lib/cmake"
    "${CURRENT_PACKAGES_DIR}/debug/include"
    "${CURRENT_PACKAGES_DIR}/debug/share"
)

if(train STREQUAL "enabled")
    vcpkg_copy_tools(TOOL_NAMES trm AUTO_CLEAN)
endif()
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
