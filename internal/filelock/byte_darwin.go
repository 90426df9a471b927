package filelock

// setLock is F_OFD_SETLK: locks of open file descriptions. [Darwin: sys/fcntl.h]
const setLock = 90
