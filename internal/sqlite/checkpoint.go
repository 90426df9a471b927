package sqlite

import "encoding/binary"

const (
	// checkpointFrames is how many pages are in the write-ahead log when they are copied
	// into the file, as by default in SQLite. [SQLite: PRAGMA wal_autocheckpoint]
	checkpointFrames = 1000
	// logLimit is to what size in bytes the log is cut when it begins anew. It grows beyond
	// while another program reads one state for long. [SQLite: PRAGMA journal_size_limit]
	logLimit = 16 << 20
	// A file is written anew, without its free pages, when these have more bytes than
	// worthwhile, and the others fewer than quick: that takes milliseconds.
	worthwhile, quick = 16 << 20, 16 << 20
)

// isFull reports whether a checkpoint follows the next commit. While another program keeps
// it from its end, it is tried again after as many more pages.
func (g *guard) isFull() bool {
	if g.counts.frames < g.tried {
		g.tried = 0
	}
	if g.counts.frames-max(g.tried, g.counts.copied) < checkpointFrames {
		return false
	}
	g.tried = g.counts.frames
	return true
}

// mayBegin reports whether the next commit can be the first one in a log that begins anew.
func (g *guard) mayBegin() bool { return g.counts.frames == g.counts.copied }

// isTooLong reports whether the log is beyond its limit, without a commit that cuts it.
func (g *guard) isTooLong() bool {
	info, err := g.log.Stat()
	return err == nil && info.Size() > logLimit
}

// isMostlyFree reports whether the file has little content beside its free pages. It reads
// the header as of the last checkpoint. [SQLite: database file format]
func (g *guard) isMostlyFree() bool {
	var header [100]byte
	if _, err := g.file.ReadAt(header[:], 0); err != nil {
		return false
	}
	pageSize := int64(binary.BigEndian.Uint16(header[16:]))
	all, free := int64(binary.BigEndian.Uint32(header[28:])), int64(binary.BigEndian.Uint32(header[36:]))
	return free*pageSize > worthwhile && (all-free)*pageSize < quick
}
