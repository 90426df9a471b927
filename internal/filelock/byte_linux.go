package filelock

// setLock is F_OFD_SETLK: locks of open file descriptions. [Linux: fcntl]
const setLock = 37
