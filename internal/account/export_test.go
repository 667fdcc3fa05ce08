package account

// Cheapen makes password hashes cost next to nothing, for tests that sign in by the hundred.
func Cheapen(s *Service) { s.hashing = newHashing(cost{time: 1, memory: 64, threads: 1}) }

// FullPrice makes them cost what they do in earnest.
func FullPrice(s *Service) { s.hashing = newHashing(fullCost) }

// DeviceFresh is how long another node may believe a device.
const DeviceFresh = deviceFresh
