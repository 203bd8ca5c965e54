/** Marks the lab's routes to containers on the host (rtnetlink(7): protocol numbers that the kernel and no daemon has; 192-254 are free). */
export const routeProtocol = '203';
