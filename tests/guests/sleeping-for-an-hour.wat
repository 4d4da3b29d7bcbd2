;; A-25 expects GUEST_IMPORT_DENIED
(component
  (import "wasi:clocks/monotonic-clock@0.2.6" (instance
    (export "now" (func (result u64)))))
  (import "wasi:io/poll@0.2.6" (instance)))
