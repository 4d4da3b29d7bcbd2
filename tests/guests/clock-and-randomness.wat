;; A-24 expects GUEST_IMPORT_DENIED
(component
  (import "wasi:clocks/wall-clock@0.2.6" (instance))
  (import "wasi:random/random@0.2.6" (instance
    (export "get-random-bytes" (func (param "len" u64) (result (list u8)))))))
