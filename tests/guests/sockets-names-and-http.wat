;; A-26 expects GUEST_IMPORT_DENIED
(component
  (import "wasi:sockets/tcp@0.2.6" (instance))
  (import "wasi:sockets/ip-name-lookup@0.2.6" (instance))
  (import "wasi:http/outgoing-handler@0.2.6" (instance)))
