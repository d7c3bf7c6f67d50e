"""One module a command: main(arguments) -> exit code. 0 done, 1 done with refused rows, 2 wrong use."""
