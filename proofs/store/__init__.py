"""What is kept between runs, and the key under which it may be believed."""
