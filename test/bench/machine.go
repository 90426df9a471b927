//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// machine describes the machine and measures how long its disk takes to sync a page.
func (b *bench) machine() error {
	// The file counts all cores; runtime.NumCPU only those that this process is kept to.
	model, cores := "unknown", 0
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				cores++
			}
		}
	}
	if cores == 0 {
		cores = runtime.NumCPU()
	}
	file, err := os.Create(filepath.Join(b.folder, "page"))
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	var took []float64
	for range 500 {
		if _, err := file.Write(make([]byte, 4096)); err != nil {
			return err
		}
		began := time.Now()
		if err := file.Sync(); err != nil {
			return err
		}
		took = append(took, float64(time.Since(began)))
	}
	slices.Sort(took)
	_, err = exec.LookPath("taskset")
	b.table("Machine", []string{"what", "value"}, [][]string{
		{"processor", fmt.Sprintf("%s, %d cores", model, cores)},
		{"fsync after a page of 4 KiB", fmt.Sprintf("median %v, %v for the slowest of 100", time.Duration(took[250]).Round(time.Microsecond),
			time.Duration(took[495]).Round(time.Microsecond))},
		{"Go", runtime.Version()},
		{"server and clients on cores of their own", fmt.Sprint(err == nil)},
	})
	return nil
}
