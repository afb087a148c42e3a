#pragma once

#include "rtc/base/deadline_grid.h"
