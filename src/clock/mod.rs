//! Clock: zone, year and offset per source; whole sources are shifted, nothing is read again.
