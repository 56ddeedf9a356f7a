"""시민의 화면: one's own record, on a telephone, without any script."""
