//! Devices, addresses and routes of the two namespaces, by netlink.

use std::fs::File;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::AsRawFd;
use std::time::Duration;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use rtnetlink::packet_route::address::AddressHeaderFlags;
use rtnetlink::packet_route::link::{InfoData, InfoVeth, LinkMessage};
use rtnetlink::packet_route::route::{RouteMessage, RouteScope, RouteType};
use rtnetlink::{Handle, LinkMessageBuilder, LinkUnspec, LinkVeth, RouteMessageBuilder};

use crate::world::Client;

/// One end of a cable. Each has a number no other has: Linux hurries to take a device into use only where
/// its number and its peer's differ (`linkwatch_urgent_event` in net/core/link_watch.c), and else takes a second.
pub(crate) struct Device {
    pub(crate) name: &'static str,
    index: u32,
    pub(crate) mac: [u8; 6],
}

/// The client's device, and the wire's end of its cable.
pub(crate) const CLIENT: Device = Device::new("eth0", 10);
pub(crate) const CLIENT_WIRE: Device = Device::new("wire0", 11);
/// The internet's device, and the wire's end of its cable.
pub(crate) const INTERNET: Device = Device::new("eth1", 20);
pub(crate) const INTERNET_WIRE: Device = Device::new("wire1", 21);

/// The hardware address of the routers between, which no device has: the kernel at the wire's ends takes frames
/// to it for somebody else's and leaves them to the wire.
pub(crate) const ROUTER_MAC: [u8; 6] = [2, 0, 0, 0, 0, 3];

impl Device {
    const fn new(name: &'static str, index: u32) -> Self {
        Self {
            name,
            index,
            mac: [2, 0, 0, 0, 1, index as u8],
        }
    }

    /// Without address resolution: whatever is sent leaves at once, to the device's own hardware address.
    fn link<T: Default>(&self, link: LinkMessageBuilder<T>) -> LinkMessageBuilder<T> {
        link.name(self.name)
            .index(self.index)
            .address(self.mac.to_vec())
            .arp(false)
    }

    /// A cable has to have both its ends before either can come up.
    async fn up(&self, netlink: &Handle) -> io::Result<()> {
        let up = LinkUnspec::new_with_index(self.index).up().build();
        netlink
            .link()
            .change(up)
            .execute()
            .await
            .map_err(failed(self.name))
    }

    /// Whether the kernel has taken it into use; only then do packets leave and IPv6 addresses count.
    fn is_running(&self) -> io::Result<bool> {
        let mut all = getifaddrs()?;
        Ok(all.any(|found| {
            found.interface_name == self.name && found.flags.contains(InterfaceFlags::IFF_RUNNING)
        }))
    }

    /// Waits for it, which takes the kernel's own worker no time as a rule.
    pub(crate) async fn running(&self) -> io::Result<()> {
        for _ in 0..20_000 {
            if self.is_running()? {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        Err(io::Error::other(format!("{} does not come up", self.name)))
    }
}

const LOOPBACK: u32 = 1;
const LOCAL_TABLE: u32 = 255;

/// A netlink connection into the calling thread's namespace; needs a runtime.
pub(crate) fn netlink() -> io::Result<Handle> {
    let (connection, handle, _) = rtnetlink::new_connection()?;
    tokio::spawn(connection);
    Ok(handle)
}

fn failed(what: &str) -> impl FnOnce(rtnetlink::Error) -> io::Error + '_ {
    move |error| io::Error::other(format!("{what}: {error}"))
}

/// Loopback up.
pub(crate) async fn loopback(netlink: &Handle) -> io::Result<()> {
    let up = LinkUnspec::new_with_index(LOOPBACK).up().build();
    netlink
        .link()
        .change(up)
        .execute()
        .await
        .map_err(failed("lo up"))
}

/// Lays both cables from the internet's namespace: to the client's, and within.
pub(crate) async fn cables(netlink: &Handle, client: &File) -> io::Result<()> {
    let far = CLIENT
        .link(LinkMessageBuilder::<LinkUnspec>::new())
        .setns_by_fd(client.as_raw_fd());
    cable(netlink, &CLIENT_WIRE, far.build()).await?;
    let far = INTERNET.link(LinkMessageBuilder::<LinkUnspec>::new());
    cable(netlink, &INTERNET_WIRE, far.build()).await?;
    INTERNET.up(netlink).await?;
    INTERNET.running().await?;
    INTERNET_WIRE.running().await
}

async fn cable(netlink: &Handle, near: &Device, far: LinkMessage) -> io::Result<()> {
    let veth = near
        .link(LinkVeth::new(near.name, ""))
        .set_info_data(InfoData::Veth(InfoVeth::Peer(far)));
    netlink
        .link()
        .add(veth.build())
        .execute()
        .await
        .map_err(failed(near.name))?;
    near.up(netlink).await
}

/// The client's addresses and its way out.
pub(crate) async fn client(netlink: &Handle, client: &Client) -> io::Result<()> {
    let index = CLIENT.index;
    CLIENT.up(netlink).await?;
    CLIENT.running().await?;
    if let Some(v4) = client.v4 {
        let home = v4.address;
        address(netlink, index, home.addr().into(), home.prefix_len()).await?;
        let way = RouteMessageBuilder::<Ipv4Addr>::new()
            .gateway(v4.gateway)
            .output_interface(index);
        route(netlink, way.onlink().build(), "default route").await?;
    }
    if let Some(v6) = client.v6 {
        let home = v6.address;
        address(netlink, index, home.addr().into(), home.prefix_len()).await?;
        let way = RouteMessageBuilder::<Ipv6Addr>::new()
            .gateway(v6.gateway)
            .output_interface(index);
        route(netlink, way.onlink().build(), "default route").await?;
    }
    Ok(())
}

async fn route(netlink: &Handle, route: RouteMessage, what: &str) -> io::Result<()> {
    let add = netlink.route().add(route);
    add.execute().await.map_err(failed(what))
}

async fn address(netlink: &Handle, index: u32, address: IpAddr, prefix_len: u8) -> io::Result<()> {
    let mut add = netlink.address().add(index, address, prefix_len);
    // Else an IPv6 address waits to hear whether somebody has it, and until then ::1 would be the source.
    add.message_mut().header.flags |= AddressHeaderFlags::Nodad;
    add.execute().await.map_err(failed("address"))?;
    match address {
        IpAddr::V4(_) => Ok(()),
        IpAddr::V6(address) => at_home(address).await,
    }
}

/// Waits for the host route of an IPv6 address: the kernel's own worker inserts it (`addrconf_dad_work` in net/ipv6/addrconf.c),
/// later on a busy machine, and what arrives for the address before is not taken for ours.
async fn at_home(address: Ipv6Addr) -> io::Result<()> {
    let digits: String = address
        .octets()
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    let host_route = format!("{digits} 80 ");
    for _ in 0..20_000 {
        let routes = std::fs::read_to_string("/proc/thread-self/net/ipv6_route")?;
        if routes.lines().any(|route| route.starts_with(&host_route)) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    Err(io::Error::other(format!("{address} is not taken into use")))
}

/// Every address is at home on the internet's side (AnyIP), the client's excepted.
pub(crate) async fn anyip(netlink: &Handle, client: &Client) -> io::Result<()> {
    let out = INTERNET.index;
    if let Some(v4) = client.v4 {
        let every =
            RouteMessageBuilder::<Ipv4Addr>::new().destination_prefix(Ipv4Addr::UNSPECIFIED, 0);
        let every = every.kind(RouteType::Local).scope(RouteScope::Host);
        let back = RouteMessageBuilder::<Ipv4Addr>::new().destination_prefix(v4.address.addr(), 32);
        let back = back.scope(RouteScope::Link);
        for (route, device) in [(every, LOOPBACK), (back, out)] {
            let message = route.table_id(LOCAL_TABLE).output_interface(device);
            self::route(netlink, message.build(), "AnyIP").await?;
        }
    }
    if let Some(v6) = client.v6 {
        let every =
            RouteMessageBuilder::<Ipv6Addr>::new().destination_prefix(Ipv6Addr::UNSPECIFIED, 0);
        let back =
            RouteMessageBuilder::<Ipv6Addr>::new().destination_prefix(v6.address.addr(), 128);
        for (route, device) in [(every.kind(RouteType::Local), LOOPBACK), (back, out)] {
            let message = route.table_id(LOCAL_TABLE).output_interface(device);
            self::route(netlink, message.build(), "AnyIP").await?;
        }
    }
    Ok(())
}
