/** The service as others see it: by HTTP, by signals, by what is left after a kill. */
package org.svgen.cli.service;
