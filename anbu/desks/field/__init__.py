"""현장의 화면: one door behind a link, on a telephone, without a log-in or any script."""
