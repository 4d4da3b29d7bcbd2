;; A-23 expects GUEST_IMPORT_DENIED
(component
  (import "wasi:cli/environment@0.2.6" (instance
    (export "get-environment" (func (result (list (tuple string string)))))
    (export "get-arguments" (func (result (list string))))))
  (import "wasi:cli/stdin@0.2.6" (instance)))
