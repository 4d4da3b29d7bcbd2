;; A-28 expects GUEST_WORLD_MISMATCH
(component)
