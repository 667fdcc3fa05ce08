package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// mark is a file that says: a command began to make this house and has not ended. It outlives the process, however that dies.
type mark string

func (m mark) set() error {
	if err := os.MkdirAll(filepath.Dir(string(m)), 0o700); err != nil {
		return err
	}
	return os.WriteFile(string(m), nil, 0o600)
}

func (m mark) isSet() (bool, error) {
	_, err := os.Lstat(string(m))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (m mark) lift() error { return os.Remove(string(m)) }
