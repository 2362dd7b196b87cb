//! Devices, addresses and routes of the two namespaces, by netlink.

use std::fs::File;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::AsRawFd;

use nix::net::if_::if_nametoindex;
use rtnetlink::packet_route::link::{InfoData, InfoVeth, LinkMessage};
use rtnetlink::packet_route::route::{RouteScope, RouteType};
use rtnetlink::{Handle, LinkUnspec, LinkVeth, RouteMessageBuilder};

use crate::world::Client;

/// The client's device, and the wire's end of its cable.
pub(crate) const CLIENT: &str = "eth0";
pub(crate) const CLIENT_WIRE: &str = "wire0";
/// The internet's device, and the wire's end of its cable.
pub(crate) const INTERNET: &str = "eth1";
pub(crate) const INTERNET_WIRE: &str = "wire1";

/// Hardware addresses: of the client, of the internet's side, and of the routers between, which no device has,
/// so that the kernel at the wire's ends takes the frames for somebody else's and leaves them to the wire.
pub(crate) const CLIENT_MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
pub(crate) const INTERNET_MAC: [u8; 6] = [2, 0, 0, 0, 0, 2];
pub(crate) const ROUTER_MAC: [u8; 6] = [2, 0, 0, 0, 0, 3];

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
    let far = device(CLIENT, CLIENT_MAC)
        .setns_by_fd(client.as_raw_fd())
        .build();
    cable(netlink, CLIENT_WIRE, far).await?;
    cable(
        netlink,
        INTERNET_WIRE,
        device(INTERNET, INTERNET_MAC).build(),
    )
    .await?;
    up(netlink, INTERNET).await
}

async fn cable(netlink: &Handle, near: &str, far: LinkMessage) -> io::Result<()> {
    let veth = LinkVeth::new(near, "")
        .arp(false)
        .set_info_data(InfoData::Veth(InfoVeth::Peer(far)));
    netlink
        .link()
        .add(veth.build())
        .execute()
        .await
        .map_err(failed(near))?;
    up(netlink, near).await
}

/// A cable has to have both its ends before either can come up.
async fn up(netlink: &Handle, device: &str) -> io::Result<()> {
    let up = LinkUnspec::new_with_index(if_nametoindex(device)?)
        .up()
        .build();
    netlink
        .link()
        .change(up)
        .execute()
        .await
        .map_err(failed(device))
}

/// A device without address resolution: whatever is sent leaves at once, to its own hardware address.
fn device(name: &str, mac: [u8; 6]) -> rtnetlink::LinkMessageBuilder<LinkUnspec> {
    LinkUnspec::new_with_name(name)
        .address(mac.to_vec())
        .arp(false)
}

/// The client's addresses and its way out.
pub(crate) async fn client(netlink: &Handle, client: &Client) -> io::Result<()> {
    let index = if_nametoindex(CLIENT)?;
    up(netlink, CLIENT).await?;
    if let Some(v4) = client.v4 {
        address(
            netlink,
            index,
            v4.address.addr().into(),
            v4.address.prefix_len(),
        )
        .await?;
        let way = RouteMessageBuilder::<Ipv4Addr>::new()
            .gateway(v4.gateway)
            .output_interface(index)
            .onlink();
        netlink
            .route()
            .add(way.build())
            .execute()
            .await
            .map_err(failed("default route"))?;
    }
    if let Some(v6) = client.v6 {
        address(
            netlink,
            index,
            v6.address.addr().into(),
            v6.address.prefix_len(),
        )
        .await?;
        let way = RouteMessageBuilder::<Ipv6Addr>::new()
            .gateway(v6.gateway)
            .output_interface(index)
            .onlink();
        netlink
            .route()
            .add(way.build())
            .execute()
            .await
            .map_err(failed("default route"))?;
    }
    Ok(())
}

async fn address(netlink: &Handle, index: u32, address: IpAddr, prefix_len: u8) -> io::Result<()> {
    let add = netlink.address().add(index, address, prefix_len);
    add.execute().await.map_err(failed("address"))
}

/// Every address is at home on the internet's side (AnyIP), the client's excepted.
pub(crate) async fn anyip(netlink: &Handle, client: &Client) -> io::Result<()> {
    let out = if_nametoindex(INTERNET)?;
    if let Some(v4) = client.v4 {
        let every =
            RouteMessageBuilder::<Ipv4Addr>::new().destination_prefix(Ipv4Addr::UNSPECIFIED, 0);
        let every = every.kind(RouteType::Local).scope(RouteScope::Host);
        let back = RouteMessageBuilder::<Ipv4Addr>::new().destination_prefix(v4.address.addr(), 32);
        let back = back.scope(RouteScope::Link);
        for (route, device) in [(every, LOOPBACK), (back, out)] {
            let route = route.table_id(LOCAL_TABLE).output_interface(device).build();
            netlink
                .route()
                .add(route)
                .execute()
                .await
                .map_err(failed("AnyIP"))?;
        }
    }
    if let Some(v6) = client.v6 {
        let every =
            RouteMessageBuilder::<Ipv6Addr>::new().destination_prefix(Ipv6Addr::UNSPECIFIED, 0);
        let back =
            RouteMessageBuilder::<Ipv6Addr>::new().destination_prefix(v6.address.addr(), 128);
        for (route, device) in [(every.kind(RouteType::Local), LOOPBACK), (back, out)] {
            let route = route.table_id(LOCAL_TABLE).output_interface(device).build();
            netlink
                .route()
                .add(route)
                .execute()
                .await
                .map_err(failed("AnyIP"))?;
        }
    }
    Ok(())
}
