# Installs the two programs and, for embedders, every library with its headers as the CMake package `stellwerk`
# (namespace stellwerk::).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY STELLWERK_LIBRARIES)
foreach(library IN LISTS libraries)
  install(TARGETS ${library} EXPORT stellwerk-targets
    FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/stellwerk)
endforeach()
install(TARGETS stellwerk_options EXPORT stellwerk-targets)
set_target_properties(stellwerk_options PROPERTIES EXPORT_NAME options)
foreach(program stellwerk stellwerk-worker)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  endif()
endforeach()
install(DIRECTORY controller/web/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/stellwerk/web OPTIONAL)
install(EXPORT stellwerk-targets NAMESPACE stellwerk:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/stellwerk)

configure_package_config_file(
  cmake/stellwerk-config.cmake.in ${CMAKE_BINARY_DIR}/stellwerk-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/stellwerk)
# Before 1.0 any minor version may change an interface.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/stellwerk-config-version.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES ${CMAKE_BINARY_DIR}/stellwerk-config.cmake ${CMAKE_BINARY_DIR}/stellwerk-config-version.cmake
        cmake/StellwerkDependencies.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/stellwerk)
