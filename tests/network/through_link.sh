#!/usr/bin/env bash
# A browser behind a modelled link: everything that the caller would give the browser is passed on.
# LINK_PROGRAM (tun_link), LINK_BROWSER, LINK_UP, LINK_DOWN and LINK_CONTROL say what and how.
exec "$LINK_PROGRAM" --up "$LINK_UP" --down "$LINK_DOWN" --control "$LINK_CONTROL" -- "$LINK_BROWSER" "$@"
