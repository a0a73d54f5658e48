"""Whatever several test modules need and none of them is about: places, peers, servers, companies written by hand."""
