;; A-22 expects GUEST_IMPORT_DENIED
(component
  (import "wasi:filesystem/types@0.2.6" (instance $types (export "descriptor" (type (sub resource)))))
  (alias export $types "descriptor" (type $descriptor))
  (import "wasi:filesystem/preopens@0.2.6" (instance
    (alias outer 1 $descriptor (type $of))
    (export "descriptor" (type $it (eq $of)))
    (export "get-directories" (func (result (list (tuple (own $it) string))))))))
