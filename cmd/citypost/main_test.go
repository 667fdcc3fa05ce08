package main

import "citypost/internal/strongbox"

// Sixty commands of the closed house unlock their boxes: a cheap lock keeps the tests fast. The walk without a network builds the program and pays the real cost.
func init() { strongbox.FullCost = strongbox.Cost{Time: 1, MemoryKiB: 64, Threads: 1} }
